//! Answers after which a host may end at once.
//!
//! A thread of Haven's that wakes a host runs code of that host for a moment. A Python that ends in this moment takes the
//! thread down in the middle of it, and the process with a message. So such an answer is handed out only when whoever
//! woke the host for it has come back.

use std::{
    pin::Pin,
    sync::{Arc, Condvar, Mutex, PoisonError},
    task::{Context, Poll, Wake, Waker},
    thread::{self, ThreadId},
    time::Duration,
};

use crate::Result;

/// How long is waited for who woke the host: a host that lets nobody in while it asks would wait for itself.
const PATIENCE: Duration = Duration::from_millis(500);

/// Does `work`, and answers when nobody is inside the host any more on its behalf.
pub(crate) async fn settled<T>(work: impl Future<Output = Result<T>> + Send) -> Result<T> {
    let bell = Arc::new(Bell::default());
    // Falls after the work, also when the host gives up waiting for it.
    let _last = Last(bell.clone());
    let mut work = std::pin::pin!(work);
    std::future::poll_fn(|context| bell.poll(work.as_mut(), context)).await
}

/// Stands between who wakes and the host.
#[derive(Default)]
struct Bell {
    host: Mutex<Option<Waker>>,
    inside: Mutex<Vec<ThreadId>>,
    left: Condvar,
}

impl Bell {
    fn poll<T>(self: &Arc<Self>, work: Pin<&mut impl Future<Output = T>>, context: &Context<'_>) -> Poll<T> {
        *self.host.lock().unwrap_or_else(PoisonError::into_inner) = Some(context.waker().clone());
        work.poll(&mut Context::from_waker(&self.clone().into()))
    }
}

/// Waits, when it is dropped, for whoever is inside.
struct Last(Arc<Bell>);

impl Drop for Last {
    fn drop(&mut self) {
        let me = thread::current().id();
        let inside = self.0.inside.lock().unwrap_or_else(PoisonError::into_inner);
        // A host that goes on in the thread which woke it is inside itself.
        drop(self.0.left.wait_timeout_while(inside, PATIENCE, |inside| inside.iter().any(|thread| *thread != me)));
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        let Some(host) = self.host.lock().unwrap_or_else(PoisonError::into_inner).clone() else { return };
        let me = thread::current().id();
        self.inside.lock().unwrap_or_else(PoisonError::into_inner).push(me);
        host.wake();
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = inside.iter().position(|thread| *thread == me) {
            inside.swap_remove(at);
        }
        self.left.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    /// A host that takes its time to be woken.
    struct Slow {
        woken: tokio::sync::Notify,
        left: AtomicBool,
    }

    impl Wake for Slow {
        fn wake(self: Arc<Self>) {
            self.woken.notify_one();
            thread::sleep(Duration::from_millis(50));
            self.left.store(true, Ordering::SeqCst);
        }
    }

    #[tokio::test]
    async fn an_answer_waits_for_who_brought_word_of_it() {
        let (tell, told) = tokio::sync::oneshot::channel();
        let host = Arc::new(Slow { woken: tokio::sync::Notify::new(), left: AtomicBool::new(false) });
        let waker = Waker::from(host.clone());
        let mut answer = Box::pin(settled(async { Ok(told.await) }));
        assert!(answer.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        let teller = thread::spawn(|| tell.send(7));
        host.woken.notified().await;
        assert!(!host.left.load(Ordering::SeqCst), "the host is woken still");
        assert_eq!(answer.as_mut().poll(&mut Context::from_waker(&waker)), Poll::Ready(Ok(Ok(7))));
        assert!(host.left.load(Ordering::SeqCst), "the answer came while a thread was inside the host");
        teller.join().unwrap().unwrap();
    }

    #[tokio::test]
    async fn giving_up_waits_for_who_brings_word_of_the_answer() {
        let (tell, told) = tokio::sync::oneshot::channel::<()>();
        let host = Arc::new(Slow { woken: tokio::sync::Notify::new(), left: AtomicBool::new(false) });
        let mut answer = Box::pin(settled(async { Ok(told.await) }));
        assert!(answer.as_mut().poll(&mut Context::from_waker(&Waker::from(host.clone()))).is_pending());
        let teller = thread::spawn(|| tell.send(()));
        host.woken.notified().await;
        drop(answer);
        assert!(host.left.load(Ordering::SeqCst), "it was given up while a thread was inside the host");
        teller.join().unwrap().unwrap();
    }
}
